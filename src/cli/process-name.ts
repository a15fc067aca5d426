import { readFileSync } from 'node:fs'

/** The name of a running program, where the system tells it in a file. */
export const processName = (pid: number | string): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return undefined
  }
}
