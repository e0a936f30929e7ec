/** A table of one column: `test.each` would spread a value that is an array over the arguments. */
export function rows<Value>(values: readonly Value[]): Array<[Value]> {
  return values.map((value) => [value]);
}
