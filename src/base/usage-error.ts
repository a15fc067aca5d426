/** Wrong use or configuration of the program: it prints the message, which has a remedy, and exits with code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
