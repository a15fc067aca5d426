import { readFileSync } from 'node:fs'

/** The name of the program that started us, where the system tells it in a file. */
export const parentProgram = (): string | undefined => {
  try {
    return readFileSync(`/proc/${process.ppid}/comm`, 'utf8').trim()
  } catch {
    return undefined
  }
}
