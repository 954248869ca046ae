static inline double square(double x) { return x * x; }
static inline double logaddexp(double x, double y) {
    return x == y ? x + M_LN2 : (x > y ? x : y) + log1p(exp(-fabs(x - y)));
}
static inline double sign(double x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x == 0.0 ? 0.0 : x; }
static inline double step(double x) { return x > 0.0 ? 1.0 : x <= 0.0 ? 0.0 : x; }
static inline double greater(double x, double y) { return x > y ? 1.0 : 0.0; }
static inline double equal(double x, double y) { return x == y ? 1.0 : 0.0; }
static inline double maximum(double x, double y) { return x >= y || x != x ? x : y; }
static inline double minimum(double x, double y) { return x <= y || x != x ? x : y; }
static inline double where(double c, double x, double y) { return c != 0.0 ? x : y; }
static inline double relu(double x) { return x <= 0.0 ? 0.0 : x; }
static inline double leaky_relu(double x, double slope) { return x > 0.0 ? x : slope * x; }
static inline double elu(double x, double alpha) { return x > 0.0 ? x : alpha * expm1(x); }
static inline double sigmoid(double x) { return x >= 0.0 ? 1.0 / (1.0 + exp(-x)) : exp(x) / (1.0 + exp(x)); }
static inline double softplus(double x) { return logaddexp(x, 0.0); }
static inline double gelu(double x) { return 0.5 * x * erfc(-M_SQRT1_2 * x); }
static inline double bounded(double p, double logarithm) {
    return p > 0.0 ? fmax(logarithm, -100.0) : p == 0.0 ? -100.0 : NAN;
}
static inline double bce(double p, double y) {
    return -(y * bounded(p, log(p)) + (1.0 - y) * bounded(1.0 - p, log1p(-p)));
}
