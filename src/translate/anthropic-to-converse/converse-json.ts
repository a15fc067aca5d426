/** What JSON writes for half of a surrogate pair; a backslash before it may itself be escaped. */
const escapes = /\\\\|\\ud[89a-f][0-9a-f]{2}/gi

/**
 * A value as JSON. Half of a surrogate pair, which a cut of a text leaves behind, is no Unicode and is
 * refused as such: it becomes the replacement character.
 */
export const toConverseJson = (value: unknown): string => {
  const json = JSON.stringify(value)
  if (!json.includes('\\ud')) return json
  return json.replace(escapes, (escaped) => (escaped === '\\\\' ? escaped : '\\ufffd'))
}
