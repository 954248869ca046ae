// Numbers as people write and read them. numberWriter takes how many significant digits they have, and gives the function
// that writes one: the same text as Python's autograd.notation.number. readNumber and readAnswer take a
// text.
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

// What a person typed, such as -0.59, .5, 1e-3, inf or the fraction 1/4: its number, and by how much it may have been rounded,
// half of its last digit, 0 for a fraction; null for any other text. The same rule as in autograd/bench/answers.py.
function readAnswer(typed) {
  const NUMBER = "([+-]?(?:inf|nan|(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d{1,3})?))";
  const match = typed.toLowerCase().replaceAll(/\s/g, "").replaceAll("−", "-").match(`^${NUMBER}(?:/${NUMBER})?$`);
  if (!match) return null;
  const [top, bottom] = [match[1], match[2] ?? "1"].map((part) => Number(part.replace("inf", "Infinity")));
  if (bottom === 0) return null;
  const [mantissa, exponent = "0"] = match[1].split("e");
  const half = 0.5 * 10 ** (Number(exponent) - (mantissa.split(".")[1] ?? "").length);
  return { number: top / bottom, rounding: match[2] ? 0 : half };
}

// The finite number that a person typed; else null.
function readNumber(typed) {
  const { number } = readAnswer(typed) ?? {};
  return Number.isFinite(number) ? number : null;
}
