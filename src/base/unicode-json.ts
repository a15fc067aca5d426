/** What JSON writes for NUL and for half of a surrogate pair; a backslash before it may itself be escaped. */
const halves = /\\\\|\\ud[89a-f][0-9a-f]{2}/gi
const halvesAndNuls = /\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/gi

/** More of them are not looked at one by one. A body of pictures has fewer, one of code thousands. */
const fewEscapes = 200

/**
 * Whether a JSON text may hold one of these escapes. One character is found sooner than two: of 2 MB of pictures,
 * which hold hardly a backslash, the search takes about 100 us less. The native search for three characters takes up to
 * twenty times as long, which depends on the text.
 */
const mayHold = (json: string, starts: readonly string[]): boolean => {
  let at = json.indexOf('\\')
  for (let looked = 0; at !== -1; looked += 1) {
    if (starts.some((start) => json.startsWith(start, at + 1))) return true
    at = json.indexOf(looked < fewEscapes ? '\\' : '\\u', at + 2)
  }
  return false
}

const replaceEscape = (escaped: string): string =>
  escaped === '\\\\' ? escaped : escaped === '\\u0000' ? '' : '\\ufffd'

/**
 * A value as JSON. Half of a surrogate pair, which a cut of a text leaves behind, is no Unicode and is
 * refused as such: it becomes the replacement character.
 */
export const toUnicodeJson = (value: unknown): string => {
  const json = JSON.stringify(value)
  return mayHold(json, ['ud']) ? json.replace(halves, replaceEscape) : json
}

/** As `toUnicodeJson`, and without NUL characters: databases of gateways refuse them (OU-Q28). */
export const toUnicodeJsonWithoutNul = (value: unknown): string => {
  const json = JSON.stringify(value)
  return mayHold(json, ['ud', 'u0000']) ? json.replace(halvesAndNuls, replaceEscape) : json
}
