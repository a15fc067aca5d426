/** Longer than any of the system's own small programs takes, shorter than a person waits. */
const limitMs = 1500

/** What a small program of the system's prints; undefined where it is not there, fails, or takes too long. */
export const outputOf = async (program: string, args: readonly string[]): Promise<string | undefined> => {
  const { execFile } = await import('node:child_process')
  return new Promise((resolve) => {
    execFile(program, args, { timeout: limitMs, windowsHide: true, encoding: 'utf8' }, (error, out) =>
      resolve(error === null ? out : undefined),
    )
  })
}
