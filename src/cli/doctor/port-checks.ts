import { errorCode } from '../../base/error-code.ts'
import { productName } from '../../version.ts'
import { findRunningServer, tryToListen } from '../server-lifecycle.ts'
import { type CheckGroup, type Finding, fail, info, ok, skip } from './check.ts'
import { configurationIsAtFault, type DoctorContext } from './context.ts'

/** Why the server could not listen there; undefined where it could. */
const whyNot = async (hostname: string, port: number): Promise<string | undefined> => {
  try {
    await tryToListen({ hostname, port }).stop(true)
    return undefined
  } catch (error) {
    return errorCode(error) ?? 'unknown'
  }
}

const taken = async (host: string, port: number): Promise<Finding> => {
  const running = await findRunningServer(host, port)
  if (running !== undefined) {
    const { version, pid } = running
    return ok(`${productName} is running there already (version ${version}, process ${pid})`, { port, version, pid })
  }
  const remedy = 'Choose another port with --port (0 for any free one), or stop that program.'
  return fail(`${port} on ${host} is taken by another program`, remedy, { port })
}

const portFinding = async ({ loaded }: DoctorContext): Promise<Finding> => {
  if (loaded === undefined) return skip(configurationIsAtFault)
  const { host, port } = loaded.config
  if (port === 0) return info('any free one', { port })
  const code = await whyNot(host, port)
  switch (code) {
    case undefined:
      return ok(`${port} on ${host} is free`, { port })
    case 'EADDRINUSE':
      return taken(host, port)
    case 'EACCES':
      return fail(`${port} may not be used by you`, 'Choose one above 1023 with --port.', { port })
    default:
      return fail(
        `nobody can listen on ${host}:${port} (${code})`,
        'Is --host an address of this machine? 127.0.0.1 always is.',
        { port },
      )
  }
}

export const portChecks = (context: DoctorContext): CheckGroup => ({
  title: 'The server',
  checks: [{ id: 'port', title: 'Port', run: () => portFinding(context) }],
})
