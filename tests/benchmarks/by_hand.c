/* Training XOR on a 2-10-10-10-1 network, written by hand: what a compiler makes of all that is known beforehand.

   Sigmoid in every layer, binary cross-entropy, plain descent with rate 1, the four samples side by side as lanes.
   Reads the weights and then the biases of each layer, as backstep orders parameters; prints the loss of epoch 1000,
   and the seconds that an epoch takes. */

#include <math.h>
#include <stdio.h>
#include <time.h>

#define LANES 4
typedef double lanes[LANES] __attribute__((aligned(32)));

static double weight[4][10][10], bias[4][10];
static lanes out[5][10] = {{{0, 0, 1, 1}, {0, 1, 0, 1}}}, delta[10], below[10];
static const lanes target = {0, 1, 1, 0};

static inline __attribute__((always_inline)) void forward(int layer, int n, int m) {
    for (int j = 0; j < m; j++) {
        lanes sum;
        for (int k = 0; k < LANES; k++) sum[k] = bias[layer][j];
        for (int i = 0; i < n; i++)
            for (int k = 0; k < LANES; k++) sum[k] += weight[layer][j][i] * out[layer][i][k];
        for (int k = 0; k < LANES; k++) out[layer + 1][j][k] = 1 / (1 + exp(-sum[k]));
    }
}

static inline __attribute__((always_inline)) void backward(int layer, int n, int m) {
    for (int i = 0; i < n && layer; i++) {
        lanes sum = {0};
        for (int j = 0; j < m; j++)
            for (int k = 0; k < LANES; k++) sum[k] += weight[layer][j][i] * delta[j][k];
        for (int k = 0; k < LANES; k++) below[i][k] = sum[k] * out[layer][i][k] * (1 - out[layer][i][k]);
    }
    for (int j = 0; j < m; j++) {
        for (int i = 0; i < n; i++) {
            double slope = 0;
            for (int k = 0; k < LANES; k++) slope += delta[j][k] * out[layer][i][k];
            weight[layer][j][i] -= slope;
        }
        for (int k = 0; k < LANES; k++) bias[layer][j] -= delta[j][k];
    }
    for (int i = 0; i < n && layer; i++)
        for (int k = 0; k < LANES; k++) delta[i][k] = below[i][k];
}

static double epoch(void) {
    double loss = 0;
    forward(0, 2, 10), forward(1, 10, 10), forward(2, 10, 10), forward(3, 10, 1);
    for (int k = 0; k < LANES; k++) {
        double p = out[4][0][k];
        loss -= log(target[k] ? p : 1 - p) / LANES;
        delta[0][k] = (p - target[k]) / LANES;
    }
    backward(3, 10, 1), backward(2, 10, 10), backward(1, 10, 10), backward(0, 2, 10);
    return loss;
}

int main(void) {
    const int width[] = {2, 10, 10, 10, 1};
    for (int layer = 0; layer < 4; layer++) {
        for (int j = 0; j < width[layer + 1]; j++)
            for (int i = 0; i < width[layer]; i++)
                if (scanf("%lf", &weight[layer][j][i]) != 1) return 1;
        for (int j = 0; j < width[layer + 1]; j++)
            if (scanf("%lf", &bias[layer][j]) != 1) return 1;
    }
    double loss = 0, best = 1e9;
    for (int i = 0; i <= 1000; i++) loss = epoch();
    for (int round = 0; round < 9; round++) {
        clock_t start = clock();
        for (int i = 0; i < 20000; i++) epoch();
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC / 20000;
        if (seconds < best) best = seconds;
    }
    printf("%.17g %.12f", loss, best);
    return 0;
}
