/** The number of characters at the end of a text that may be the beginning of a token, but are not a whole token. */
export const unfinishedTokenLength = (text: string, tokens: readonly string[]): number => {
  let longest = 0
  for (const token of tokens) {
    for (let length = Math.min(token.length - 1, text.length); length > longest; length -= 1) {
      const start = text.length - length
      if (text.charCodeAt(start) === token.charCodeAt(0) && token.startsWith(text.slice(start))) longest = length
    }
  }
  return longest
}
