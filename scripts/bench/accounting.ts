import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { residentBytes } from '../support/samples.ts'

/** CPU time and memory of a process and its children, as the operating system counts them. */

/** Of /proc on Linux, on every machine. */
const ticksPerSecond = 100
/** Positions in /proc/<pid>/stat after the name in parentheses, which can contain any character. */
const field = { userTicks: 11, systemTicks: 12, childUserTicks: 13, childSystemTicks: 14 } as const

const childrenOf = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    const path = `/proc/${pid}/task/${task}/children`
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number) : []
  })

const treeOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(treeOf)]

const ticksOf = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Object.values(field).reduce((sum, at) => sum + Number(fields[at]), 0)
}

/** Parses a duration as ps prints it, `1-02:03:04.56` or `3:04.56`. */
const secondsOf = (written: string): number =>
  written
    .trim()
    .split(/[-:]/)
    .reduce((sum, part, index, parts) => sum * (parts.length === 4 && index === 1 ? 24 : 60) + Number(part), 0)

/** CPU seconds of the process and its children, user and system. */
export const cpuSeconds = (pid: number): number => {
  if (existsSync(`/proc/${pid}/stat`)) return treeOf(pid).reduce((sum, one) => sum + ticksOf(one), 0) / ticksPerSecond
  return secondsOf(Bun.spawnSync(['ps', '-o', 'time=', '-p', String(pid)]).stdout.toString())
}

/** Resident megabytes of the process and its children. */
export const residentMegabytes = (pid: number): number => {
  const pids = existsSync(`/proc/${pid}/task`) ? treeOf(pid) : [pid]
  return pids.reduce((sum, one) => sum + (residentBytes(one) ?? 0), 0) / 1024 / 1024
}
