// Takes how many significant digits numbers have. Gives the function that writes a number for people: the same text as
// Python's autograd.notation.number.
function numberWriter(digits) {
  const bare = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

  // JavaScript rounds a tie away from zero, Python to the even digit. A tie has a 5 and nothing more behind its last place.
  function rounded(number, method, places) {
    const down = number[method](places + 25).replace(/\.?50{24}(?=e|$)/, "");
    return /^[^e]*[02468](e|$)/.test(down) && down.length < places + 20 ? down : number[method](places);
  }

  return (number) => {
    if (!Number.isFinite(number)) return Number.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
    if (number === 0) return "0";
    const [mantissa, exponent] = rounded(number, "toExponential", digits - 1).split("e");
    if (exponent < -4 || exponent >= 6) return `${bare(mantissa)}e${Number(exponent)}`;
    return bare(rounded(number, "toFixed", Math.max(0, digits - 1 - exponent)));
  };
}

