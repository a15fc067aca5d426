import { readFileSync } from 'node:fs'
import { outputOf } from './run-program.ts'

const linuxName = (pid: number | string): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** The first field of `"pwsh.exe","4711","Console","1","90,112 K"`; undefined for words in place of a row. */
export const parseTasklist = (text: string): string | undefined => /^"([^"]+)","\d+"/m.exec(text)?.[1]

/** The name of a running program, where the system tells: `zsh`, `/bin/zsh`, `pwsh.exe`. */
export const processName = async (pid: number | string, platform: string): Promise<string | undefined> => {
  if (platform === 'win32') {
    const rows = await outputOf('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'])
    return rows && parseTasklist(rows)
  }
  if (platform === 'linux') return linuxName(pid)
  return (await outputOf('ps', ['-o', 'comm=', '-p', String(pid)]))?.trim() || undefined
}
