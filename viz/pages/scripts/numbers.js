// Numbers as people write and read them. numberWriter takes how many significant digits they have, and gives the function
// that writes one: the same text as Python's autograd.notation.number. readNumber takes a text.
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

// The number that a person typed, such as -0.59, .5, 1e-3 or the fraction 1/4; null for any other text.
function readNumber(typed) {
  const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;
  const parts = typed.replaceAll(/\s/g, "").replaceAll("−", "-").split("/");
  if (parts.length > 2 || !parts.every((part) => NUMBER.test(part))) return null;
  const number = parts.map(Number).reduce((top, bottom) => top / bottom);
  return Number.isFinite(number) ? number : null;
}

