import { outputOf, toolDeadlineMs } from './run-program.ts'

/** Who listens on a port, by the tools that macOS and Windows come with. */

export interface Program {
  readonly name: string
  readonly pid: number
}

const deadline = { deadlineMs: toolDeadlineMs }

const toPid = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined

/** `lsof` writes what is not plain in a name as `\x20`. */
const unescaped = (name: string): string =>
  name.replace(/\\x([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

/** The first line of `lsof -nP -iTCP:<port> -sTCP:LISTEN` under its heading. */
export const parseLsof = (text: string): Program | undefined => {
  for (const line of text.split('\n')) {
    const [name, pidText] = line.trim().split(/\s+/)
    const pid = toPid(pidText)
    if (name !== undefined && pid !== undefined) return { name: unescaped(name), pid }
  }
  return undefined
}

/** No port at the other end: it listens. The column that says so speaks the system's own language. */
const nobody = /^(?:0\.0\.0\.0|\[::\]|\*):0$/

/** The process behind a port in `netstat -ano`. */
export const parseNetstat = (text: string, port: number): number | undefined => {
  for (const line of text.split('\n')) {
    const columns = line.trim().split(/\s+/)
    const [protocol, local = '', foreign = ''] = columns
    if (protocol === 'TCP' && local.endsWith(`:${port}`) && nobody.test(foreign)) return toPid(columns.at(-1))
  }
  return undefined
}

/** The program's name in `tasklist /FO CSV /NH`; a sentence without quotes says that there is none. */
export const parseTasklist = (text: string): string | undefined => /^"([^"\r\n]+)","\d+"/m.exec(text)?.[1]

export const askMac = async (port: number): Promise<Program | undefined> =>
  parseLsof((await outputOf(['lsof', '-nP', `-iTCP:${port}`, '-sTCP:LISTEN'], deadline)) ?? '')

export const askWindows = async (host: string, port: number): Promise<Program | undefined> => {
  const protocol = host.includes(':') ? 'TCPv6' : 'TCP'
  const pid = parseNetstat((await outputOf(['netstat', '-ano', '-p', protocol], deadline)) ?? '', port)
  if (pid === undefined) return undefined
  const tasks = await outputOf(['tasklist', '/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'], deadline)
  return { name: parseTasklist(tasks ?? '') ?? 'unknown', pid }
}
