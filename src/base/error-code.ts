/** Returns the code that the system, Node or Bun gives a failure (`ENOENT`, `ECONNRESET`), if any. */
export const errorCode = (error: unknown): string | undefined => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
