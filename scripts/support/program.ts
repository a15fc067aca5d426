/** A program that a script needs, running and ready. */

export interface RunningProgram {
  readonly processId: number
  /** The match in its output that showed that it was ready. */
  readonly ready: RegExpExecArray
  /** Its output so far. */
  output(): string
  stop(): Promise<void>
  /** Lets the program end by itself, after a signal. */
  end(): Promise<void>
}

export interface ProgramOptions {
  readonly command: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** Its output matches this when it is ready. */
  readonly ready: RegExp
}

/** A database starts slowly on a busy machine. */
const startLimitMs = 60_000

/** Throws with the program's output if it ends, or takes too long, before it is ready. */
export const startProgram = async (options: ProgramOptions): Promise<RunningProgram> => {
  const child = Bun.spawn([...options.command], {
    cwd: options.folder,
    env: options.environment,
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await child.exited
  }
  let output = ''
  let ready: RegExpExecArray | undefined
  const isReady = Promise.withResolvers<void>()
  const read = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) {
      output += decoder.decode(chunk, { stream: true })
      if (ready !== undefined) continue
      ready = options.ready.exec(output) ?? undefined
      if (ready !== undefined) isReady.resolve()
    }
  }
  const isClosed = Promise.all([read(child.stdout), read(child.stderr)])
  const limit = setTimeout(() => child.kill('SIGKILL'), startLimitMs)
  await Promise.race([isReady.promise, isClosed])
  clearTimeout(limit)
  if (ready === undefined) {
    await stop()
    throw new Error(`${options.command.join(' ')} does not start:\n${output}`)
  }
  const end = async (): Promise<void> => {
    child.kill('SIGTERM')
    await child.exited
  }
  return { processId: child.pid, ready, output: () => output, stop, end }
}
