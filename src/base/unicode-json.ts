/** How JSON writes NUL and half of a surrogate pair; the backslash before it may itself be escaped. */
const halves = /\\\\|\\ud[89a-f][0-9a-f]{2}/gi
const halvesAndNuls = /\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/gi

/** After this number of backslashes, searches for two characters. A body of images has fewer, one of code thousands. */
const fewEscapes = 200

/**
 * Whether a JSON text may have one of these escapes. To search for one character is faster than for two: by about
 * 100 us for 2 MB of images, which have hardly any backslashes. The native search for three characters takes up to
 * twenty times as long, depending on the text.
 */
const mayHold = (json: string, starts: readonly string[]): boolean => {
  let at = json.indexOf('\\')
  for (let looked = 0; at !== -1; looked += 1) {
    for (const start of starts) if (json.startsWith(start, at + 1)) return true
    at = json.indexOf(looked < fewEscapes ? '\\' : '\\u', at + 2)
  }
  return false
}

const replaceEscape = (escaped: string): string =>
  escaped === '\\\\' ? escaped : escaped === '\\u0000' ? '' : '\\ufffd'

/**
 * A value as JSON. Half of a surrogate pair, left by a truncated text, is not valid Unicode and upstreams refuse it:
 * it becomes the replacement character.
 */
export const toUnicodeJson = (value: unknown): string => {
  const json = JSON.stringify(value)
  return mayHold(json, ['ud']) ? json.replace(halves, replaceEscape) : json
}

/** Like `toUnicodeJson`, but without NUL characters, which databases of gateways refuse (OU-Q28). */
export const toUnicodeJsonWithoutNul = (value: unknown): string => {
  const json = JSON.stringify(value)
  return mayHold(json, ['ud', 'u0000']) ? json.replace(halvesAndNuls, replaceEscape) : json
}
