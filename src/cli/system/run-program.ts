import { setTimeout as resolveAfter } from 'node:timers/promises'

interface RunOptions {
  /** Its own; ours where it is left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Milliseconds, after which it is ended. */
  readonly deadlineMs: number
  /** Windows: the arguments are one line already. */
  readonly isVerbatim?: boolean
}

/** Asking a system's own tool takes far less; one that hangs must not hang us. */
export const toolDeadlineMs = 3000

/**
 * What a program prints. Undefined where it is not there, fails, or takes too long: whoever asks has
 * something to say without it.
 */
export const outputOf = async (
  command: readonly string[],
  { environment, deadlineMs, isVerbatim = false }: RunOptions,
): Promise<string | undefined> => {
  const over = new AbortController()
  try {
    const child = Bun.spawn([...command], {
      ...(environment !== undefined && { env: { ...environment } }),
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'ignore',
      windowsHide: true,
      windowsVerbatimArguments: isVerbatim,
    })
    // A child of the child may keep the pipe open after its parent was ended.
    const late = resolveAfter(deadlineMs, undefined, { signal: over.signal }).then(() => child.kill('SIGKILL'))
    const printed = new Response(child.stdout).text()
    const ended = Promise.all([printed, child.exited])
    const outcome = await Promise.race([ended, late])
    return Array.isArray(outcome) && outcome[1] === 0 ? outcome[0] : undefined
  } catch {
    return undefined
  } finally {
    over.abort()
  }
}
