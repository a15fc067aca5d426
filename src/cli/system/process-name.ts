import { readFileSync } from 'node:fs'
import { attempt } from '../../base/attempt.ts'
import { outputOf } from './run-program.ts'

/** Short, because the user waits, and the name is optional. */
const deadline = { deadlineMs: 1500 }

/** The program's name in the output of `tasklist /FO CSV /NH`; a line without quotes reports no match. */
export const parseTasklist = (text: string): string | undefined => /^"([^"\r\n]+)","\d+"/m.exec(text)?.[1]

/** The name of a running program, if the system reports it: `zsh`, `/bin/zsh`, `pwsh.exe`. */
export const processName = async (pid: number | string, platform: string): Promise<string | undefined> => {
  if (platform === 'win32') {
    const rows = await outputOf(['tasklist', '/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'], deadline)
    return rows && parseTasklist(rows)
  }
  if (platform === 'linux') return attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim())
  return (await outputOf(['ps', '-o', 'comm=', '-p', String(pid)], deadline))?.trim() || undefined
}
