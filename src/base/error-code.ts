/** The name that the system, Node or Bun gives to a failure (`ENOENT`, `ECONNRESET`), where it has one. */
export const errorCode = (error: unknown): string | undefined => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
