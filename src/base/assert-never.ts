/** Ends a `switch` over a closed union: a member added later is a compile error here. */
export const assertNever = (value: never): never => {
  throw new TypeError(`unexpected value: ${JSON.stringify(value)}`)
}
