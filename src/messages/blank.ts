const space = 0x20
const del = 0x7f

/** No model accepts a text of only white space. */
export const isBlank = (text: string): boolean => {
  // Nearly every text begins with a printable ASCII character: then there is nothing to trim.
  const first = text.charCodeAt(0)
  return !(first > space && first < del) && text.trim() === ''
}
