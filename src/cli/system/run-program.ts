import { setTimeout as resolveAfter } from 'node:timers/promises'
import { attempt } from '../../base/attempt.ts'
import { errorCode } from '../../base/error-code.ts'

interface RunOptions {
  /** Environment of the program; by default, the same as ours. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Milliseconds after which the program is killed. */
  readonly deadlineMs: number
  /** On Windows: the arguments are already one command line. */
  readonly isVerbatim?: boolean
  /** Maximum output in bytes; a program that prints more is killed. Without it, no limit. */
  readonly longestBytes?: number
  /** Standard input; by default, there is none. */
  readonly input?: string
  /** Kills the program when it aborts. */
  readonly signal?: AbortSignal
  /** With it, a program that is killed is killed with all that it has started; without it, alone. */
  readonly isGroup?: boolean
}

/** How a program ended, and what it printed. */
export type ProgramOutcome =
  | { readonly kind: 'ended'; readonly exitCode: number; readonly printed: string }
  | { readonly kind: 'late' | 'aborted' }
  | { readonly kind: 'too-long' }
  /** The code comes from the system. */
  | { readonly kind: 'not-started'; readonly code: string | undefined }

/** Milliseconds to read the output after a program ended: a background process of it may keep the pipe open. */
const drainMs = 250

interface Output {
  /** False if the output is longer than the limit. */
  readonly isWhole: Promise<boolean>
  /** The output so far. */
  text(): string
}

/** Reads until the end of the stream, the limit or the signal. */
const readUpTo = (stream: ReadableStream<Uint8Array>, longestBytes: number, signal: AbortSignal): Output => {
  const parts: Uint8Array[] = []
  const reader = stream.getReader()
  signal.addEventListener('abort', () => void reader.cancel().catch(() => {}), { once: true })
  const read = async (): Promise<boolean> => {
    let bytes = 0
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      bytes += next.value.byteLength
      if (bytes > longestBytes) return false
      parts.push(next.value)
    }
    return true
  }
  return { isWhole: read(), text: () => Buffer.concat(parts).toString('utf8') }
}

type Child = Bun.Subprocess<'ignore' | Uint8Array, 'pipe', 'ignore'>

const spawn = (command: readonly string[], options: RunOptions): Child => {
  const { environment, isVerbatim = false, input, isGroup = false } = options
  return Bun.spawn([...command], {
    ...(environment !== undefined && { env: { ...environment } }),
    stdin: input === undefined ? 'ignore' : new TextEncoder().encode(input),
    stdout: 'pipe',
    stderr: 'ignore',
    windowsHide: true,
    windowsVerbatimArguments: isVerbatim,
    // Its own group, which it leads. Windows has no groups, and would open a window.
    detached: isGroup && process.platform !== 'win32',
  })
}

/** Kills a program that leads its group, and the group. */
const killGroup = ({ pid }: Child): void => {
  if (process.platform === 'win32') {
    const taskkill = ['taskkill', '/pid', String(pid), '/t', '/f']
    attempt(() => Bun.spawn(taskkill, { stdout: 'ignore', stderr: 'ignore', windowsHide: true }))
    return
  }
  // Throws if all have ended.
  attempt(() => process.kill(-pid, 'SIGKILL'))
}

/** Resolves when the signal aborts before the program is over. */
const aborts = (signal: AbortSignal, over: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true, signal: over })
  })

/** Runs a program without a shell. Its standard error is discarded. Never rejects. */
export const runProgram = async (command: readonly string[], options: RunOptions): Promise<ProgramOutcome> => {
  const { deadlineMs, longestBytes = Number.POSITIVE_INFINITY, signal, isGroup = false } = options
  const over = new AbortController()
  try {
    const child = spawn(command, options)
    const end = (kind: 'late' | 'aborted' | 'too-long'): ProgramOutcome => {
      if (isGroup) killGroup(child)
      else child.kill('SIGKILL')
      return { kind }
    }
    // A child of the program may keep the pipe open after the program was killed.
    const late = resolveAfter(deadlineMs, undefined, { signal: over.signal }).then(() => end('late'))
    late.catch(() => {})
    const aborted = signal && aborts(signal, over.signal).then(() => end('aborted'))
    const whole = async (): Promise<ProgramOutcome> => {
      const output = readUpTo(child.stdout, longestBytes, over.signal)
      const drained = child.exited.then(() => resolveAfter(drainMs, true, { signal: over.signal }))
      drained.catch(() => {})
      const isWhole = await Promise.race([output.isWhole, drained])
      return isWhole ? { kind: 'ended', exitCode: await child.exited, printed: output.text() } : end('too-long')
    }
    return await Promise.race([whole(), late, ...(aborted === undefined ? [] : [aborted])])
  } catch (error) {
    return { kind: 'not-started', code: errorCode(error) }
  } finally {
    over.abort()
  }
}

/**
 * Resolves to a program's output; undefined if the program does not exist, fails, or takes too long. Callers work
 * without it.
 */
export const outputOf = async (command: readonly string[], options: RunOptions): Promise<string | undefined> => {
  const outcome = await runProgram(command, options)
  return outcome.kind === 'ended' && outcome.exitCode === 0 ? outcome.printed : undefined
}
