/** The part of ml-regression-theil-sen, which has no types of its own, that serves as an oracle. */
declare module 'ml-regression-theil-sen' {
  export class TheilSenRegression {
    constructor(x: readonly number[], y: readonly number[]);
    readonly slope: number;
  }
}
