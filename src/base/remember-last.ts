/**
 * The same function, which computes its value again only when its argument changes: most requests are like the one before.
 * `compute` is pure, and its values are not changed by others.
 */
export const rememberLast = <Key extends string | null, Value>(compute: (key: Key) => Value): ((key: Key) => Value) => {
  let last: { readonly key: Key; readonly value: Value } | undefined
  return (key) => {
    if (last?.key !== key) last = { key, value: compute(key) }
    return last.value
  }
}
