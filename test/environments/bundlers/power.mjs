export const power = (base, exponent) => base ** exponent;
