import { setTimeout as resolveAfter } from 'node:timers/promises'
import { errorCode } from '../../base/error-code.ts'

interface RunOptions {
  /** Its own; ours where it is left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Milliseconds, after which it is ended. */
  readonly deadlineMs: number
  /** Windows: the arguments are one line already. */
  readonly isVerbatim?: boolean
  /** Bytes that it may print: one that prints more is ended. Without it, any number. */
  readonly longestBytes?: number
}

/** How a program ended, and what it printed. */
export type ProgramOutcome =
  | { readonly kind: 'ended'; readonly exitCode: number; readonly printed: string }
  | { readonly kind: 'late' }
  | { readonly kind: 'too-long' }
  /** The code is the system's. */
  | { readonly kind: 'not-started'; readonly code: string | undefined }

/** Milliseconds to read what a program printed before it ended: one that it leaves running may hold its pipe open. */
const drainMs = 250

interface Output {
  /** False as soon as there is more than the limit. */
  readonly isWhole: Promise<boolean>
  /** What was read so far. */
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

/** Runs a program without a shell and without input. What it prints on standard error goes nowhere. Never rejects. */
export const runProgram = async (command: readonly string[], options: RunOptions): Promise<ProgramOutcome> => {
  const { environment, deadlineMs, isVerbatim = false, longestBytes = Number.POSITIVE_INFINITY } = options
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
    const end = (kind: 'late' | 'too-long'): ProgramOutcome => {
      child.kill('SIGKILL')
      return { kind }
    }
    // A child of the child may keep the pipe open after its parent was ended.
    const late = resolveAfter(deadlineMs, undefined, { signal: over.signal }).then(() => end('late'))
    late.catch(() => {})
    const whole = async (): Promise<ProgramOutcome> => {
      const output = readUpTo(child.stdout, longestBytes, over.signal)
      const drained = child.exited.then(() => resolveAfter(drainMs, true, { signal: over.signal }))
      drained.catch(() => {})
      const isWhole = await Promise.race([output.isWhole, drained])
      return isWhole ? { kind: 'ended', exitCode: await child.exited, printed: output.text() } : end('too-long')
    }
    return await Promise.race([whole(), late])
  } catch (error) {
    return { kind: 'not-started', code: errorCode(error) }
  } finally {
    over.abort()
  }
}

/**
 * What a program prints. Undefined where it is not there, fails, or takes too long: whoever asks has
 * something to say without it.
 */
export const outputOf = async (command: readonly string[], options: RunOptions): Promise<string | undefined> => {
  const outcome = await runProgram(command, options)
  return outcome.kind === 'ended' && outcome.exitCode === 0 ? outcome.printed : undefined
}
