import type { Machine } from '../config/paths.ts'

/** A program and what it is to be told. */
interface Started {
  readonly path: string
  readonly args: readonly string[]
  readonly environment: Machine['environment']
  /** Milliseconds, after which it is ended. */
  readonly deadlineMs: number
}

const collect = async ({ path, args, environment, deadlineMs }: Started): Promise<string | undefined> => {
  const { default: spawn } = await import('cross-spawn')
  return new Promise((resolve) => {
    const child = spawn(path, [...args], {
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
    })
    let printed = ''
    const settle = (output: string | undefined): void => {
      clearTimeout(timer)
      resolve(output)
    }
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      // A child of the child may keep the pipe open after its parent was ended.
      child.stdout?.destroy()
      settle(undefined)
    }, deadlineMs)
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
    child.once('error', () => settle(undefined))
    child.once('close', (code) => settle(code === 0 ? printed : undefined))
  })
}

/**
 * What a program prints that may be a batch file, started as Claude Code itself is: cmd reads its line by
 * rules of its own, and `&` or `(` in a path would end it. Undefined where it is not there, fails, or takes
 * too long. Loaded when it is wanted: no other command needs it.
 */
export const startedOutput = async (program: Started): Promise<string | undefined> => {
  try {
    return await collect(program)
  } catch {
    // What is no program for this machine, or half of one, is refused at once.
    return undefined
  }
}
