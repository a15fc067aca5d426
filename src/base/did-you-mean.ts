/** Number of inserts, deletes, replacements and swaps from one word to the other. */
const distance = (from: string, to: string): number => {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    rows.push(current)
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = at(row - 1, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1)
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      const swapped = row > 1 && column > 1 && isSwap ? at(row - 2, column - 2) + 1 : replaced
      current.push(Math.min(replaced, swapped, at(row - 1, column) + 1, at(row, column - 1) + 1))
    }
  }
  return at(from.length, to.length)
}

/** Accepts one wrong letter in a word of up to three letters, two or more in longer words. */
const mostSteps = (word: string): number => {
  const letters = word.replace(/^-+/, '').length
  return letters <= 3 ? 1 : Math.max(2, Math.floor(letters / 3))
}

/** Letters: a shorter beginning of a name does not identify it. */
const shortestBeginning = 2

const begins = (name: string, word: string): boolean =>
  word.replace(/^-+/, '').length >= shortestBeginning && name.startsWith(word)

/** Returns the most similar known word, or undefined if no word is similar enough. */
const nearest = (word: string, known: readonly string[]): string | undefined => {
  const limit = mostSteps(word)
  let best: { readonly name: string; readonly steps: number } | undefined
  for (const name of known) {
    const isBeginning = begins(name, word) || begins(word, name)
    const steps = isBeginning ? 1 : distance(word.toLowerCase(), name.toLowerCase())
    if (steps <= limit && (best === undefined || steps < best.steps)) best = { name, steps }
  }
  return best?.name
}

/** Returns ` Did you mean X?`, or an empty string. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  const meant = nearest(word, known)
  return meant === undefined ? '' : ` Did you mean ${meant}?`
}
