/** Cuts a text into deltas, and pads events. */

const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Real services pad each event to hide its length; here the padding is reproducible. */
export const padding = (event: number): string => alphabet.slice(0, 1 + ((event * 17) % alphabet.length))

/** Cuts only between characters: half of a surrogate pair cannot be encoded as UTF-8. */
export const slices = (text: string, characters: number): string[] => {
  const all = [...text]
  const result: string[] = []
  for (let start = 0; start < all.length; start += characters)
    result.push(all.slice(start, start + characters).join(''))
  return result
}
