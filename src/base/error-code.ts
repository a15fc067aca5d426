const ownCode = (error: unknown): string | undefined => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

/**
 * Returns the code that the system, Node or Bun gives a failure (`ENOENT`, `ECONNRESET`), if any. Node's fetch gives it to
 * the cause of its error.
 */
export const errorCode = (error: unknown): string | undefined =>
  ownCode(error) ?? (error instanceof Error ? ownCode(error.cause) : undefined)
