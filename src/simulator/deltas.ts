/** How a text is cut into deltas, and padded. */

const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Real services pad each event to hide its length; ours does it the same way each time. */
export const padding = (event: number): string => alphabet.slice(0, 1 + ((event * 17) % alphabet.length))

/** Whole characters only: a cut surrogate pair would not survive the trip through UTF-8. */
export const slices = (text: string, characters: number): string[] => {
  const all = [...text]
  const result: string[] = []
  for (let start = 0; start < all.length; start += characters)
    result.push(all.slice(start, start + characters).join(''))
  return result
}
