/** Steps of insert, delete and replace from one word to the other. */
const distance = (from: string, to: string): number => {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const replace = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1)
      current.push(Math.min(replace, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[to.length] ?? 0
}

/** The known word that was most likely meant; undefined where none is near. */
const nearest = (word: string, known: readonly string[]): string | undefined => {
  const limit = Math.max(2, Math.floor(word.length / 3))
  let best: { readonly name: string; readonly steps: number } | undefined
  for (const name of known) {
    const steps = name.startsWith(word) || word.startsWith(name) ? 1 : distance(word.toLowerCase(), name.toLowerCase())
    if (steps <= limit && (best === undefined || steps < best.steps)) best = { name, steps }
  }
  return best?.name
}

/** ` Did you mean X?`, or nothing. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  const meant = nearest(word, known)
  return meant === undefined ? '' : ` Did you mean ${meant}?`
}
