// The rows of the table on numbers: one function a row, by the row's name, as autograd/scalars.py has them. What JavaScript
// writes with signs (+ - * /) has none here. A page holds only those that its graph uses (see viz/pages/program.py): each
// begins with `const` at the left margin, and may call others.

// ── Sums and powers ──
const sum = (xs) => (xs.length ? xs.reduce((total, x) => total + x) : 0);
const square = (x) => x * x;
const sqrt = Math.sqrt;
const cbrt = Math.cbrt;
const hypot = (x, y) => Math.hypot(x, y);
const pow = (x, y) => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y)); // JavaScript says nan

// ── Exponentials and logarithms ──
const exp = Math.exp;
const exp2 = (x) => Math.pow(2, x);
const expm1 = Math.expm1;
const log = Math.log;
const log1p = Math.log1p;
const log10 = Math.log10;
const log2 = Math.log2;
const logaddexp = (x, y) => (x === y ? x + Math.LN2 : (x > y ? x : y) + Math.log1p(Math.exp(-Math.abs(x - y))));

// ── Trigonometric and hyperbolic functions ──
const sin = Math.sin;
const cos = Math.cos;
const tan = Math.tan;
const arcsin = Math.asin;
const arccos = Math.acos;
const arctan = Math.atan;
const sinh = Math.sinh;
const cosh = Math.cosh;
const tanh = Math.tanh;
const arcsinh = Math.asinh;
const arccosh = Math.acosh;
const arctanh = Math.atanh;
const arctan2 = Math.atan2;

// ── Kinks, comparisons, choices ──
const abs = Math.abs;
const sign = (x) => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : x);
const step = (x) => (x > 0 ? 1 : x <= 0 ? 0 : x);
const greater = (x, y) => (x > y ? 1 : 0);
const equal = (x, y) => (x === y ? 1 : 0);
const maximum = (x, y) => (x >= y || x !== x ? x : y);
const minimum = (x, y) => (x <= y || x !== x ? x : y);
const where = (c, x, y) => (c !== 0 ? x : y);

// ── Activations and loss ──
const relu = (x) => (x <= 0 ? 0 : x);
const leaky_relu = (x, slope) => (x > 0 ? x : slope * x);
const elu = (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x));
const sigmoid = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const softplus = (x) => logaddexp(x, 0);
const gelu = (x) => 0.5 * x * erfc(-Math.SQRT1_2 * x);
const bounded = (p, logarithm) => (p > 0 ? Math.max(logarithm, -100) : p === 0 ? -100 : NaN);
const bce = (p, y) => -(y * bounded(p, Math.log(p)) + (1 - y) * bounded(1 - p, Math.log1p(-p)));

// ── The error function ──
// By rational approximations on five intervals: Sun Microsystems' fdlibm, s_erf.c, 1993, which may be used freely if this
// notice stays. `bell(x)` is erfc(x) for x > 1.25; the square of x, as a float of half the digits, is exact.
const polynomial = (x, ...coefficients) => coefficients.reduceRight((sum, coefficient) => sum * x + coefficient);
const near0 = (y) => polynomial(y, 1.28379167095512558561e-1, -3.25042107247001499370e-1, -2.84817495755985104766e-2,
  -5.77027029648944159157e-3, -2.37630166566501626084e-5) / polynomial(y, 1, 3.97917223959155352819e-1,
  6.50222499887672944485e-2, 5.08130628187576562776e-3, 1.32494738004321644526e-4, -3.96022827877536812320e-6);
const near1 = (y) => polynomial(y, -2.36211856075265944077e-3, 4.14856118683748331666e-1, -3.72207876035701323847e-1,
  3.18346619901161753674e-1, -1.10894694282396677476e-1, 3.54783043256182359371e-2, -2.16637559486879084300e-3)
  / polynomial(y, 1, 1.06420880400844228286e-1, 5.40397917702171048937e-1, 7.18286544141962662868e-2,
  1.26171219808761642112e-1, 1.36370839120290507362e-2, 1.19844998467991074170e-2);
const bell = (x) => {
  const y = 1 / (x * x), z = Math.fround(x);
  const ratio = x < 1 / 0.35
    ? polynomial(y, -9.86494403484714822705e-3, -6.93858572707181764372e-1, -1.05586262253232909814e1,
      -6.23753324503260060396e1, -1.62396669462573470355e2, -1.84605092906711035994e2, -8.12874355063065934246e1,
      -9.81432934416914548592) / polynomial(y, 1, 1.96512716674392571292e1, 1.37657754143519042600e2,
      4.34565877475229228821e2, 6.45387271733267880336e2, 4.29008140027567833386e2, 1.08635005541779435134e2,
      6.57024977031928170135, -6.04244152148580987438e-2)
    : polynomial(y, -9.86494292470009928597e-3, -7.99283237680523006574e-1, -1.77579549177547519889e1,
      -1.60636384855821916062e2, -6.37566443368389627722e2, -1.02509513161107724954e3, -4.83519191608651397019e2)
      / polynomial(y, 1, 3.03380607434824582924e1, 3.25792512996573918826e2, 1.53672958608443695994e3,
      3.19985821950859553908e3, 2.55305040643316442583e3, 4.74528541206955367215e2, -2.24409524465858183362e1);
  return Math.exp(-z * z - 0.5625) * Math.exp((z - x) * (z + x) + ratio) / x;
};
const ERF_1 = 8.45062911510467529297e-1;
const erf = (x) => {
  const size = Math.abs(x);
  if (size < 0.84375) return x + x * near0(x * x);
  if (size < 1.25) return Math.sign(x) * (ERF_1 + near1(size - 1));
  return size < 6 ? Math.sign(x) * (1 - bell(size)) : Math.sign(x);
};
const erfc = (x) => {
  const size = Math.abs(x);
  if (size < 0.84375) return x < 0.25 ? 1 - (x + x * near0(x * x)) : 0.5 - (x - 0.5 + x * near0(x * x));
  if (size < 1.25) return x > 0 ? 1 - ERF_1 - near1(size - 1) : 1 + ERF_1 + near1(size - 1);
  return x > 28 ? 0 : x > 0 ? bell(x) : x > -6 ? 2 - bell(size) : x <= -6 ? 2 : x;
};
