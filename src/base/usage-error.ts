/** The program was used or configured wrongly: said in words with a remedy, and left with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
