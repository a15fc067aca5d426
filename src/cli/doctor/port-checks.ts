import { errorCode } from '../../base/error-code.ts'
import { productName } from '../../version.ts'
import { findRunningServer, tryToListen } from '../server-lifecycle.ts'
import { accessChecks } from './access-checks.ts'
import { cacheChecks } from './cache-check.ts'
import { type CheckGroup, type Finding, fail, info, ok, skip } from './check.ts'
import { type DoctorContext, fixConfigurationFirst } from './context.ts'
import { signInChecks } from './sign-in-check.ts'
import { stateChecks } from './state-check.ts'

/** Resolves to the reason why the server cannot listen there; undefined if it can. */
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
    return ok(`${productName} is already running there (version ${version}, process ${pid})`, { port, version, pid })
  }
  const remedy = 'Choose another port with --port (0 for any free port), or stop that program.'
  return fail(`another program uses port ${port} on ${host}`, remedy, { port })
}

const portFinding = async ({ loaded }: DoctorContext): Promise<Finding> => {
  if (loaded === undefined) return skip(fixConfigurationFirst)
  const { host, port } = loaded.config
  if (port === 0) return info('any free port', { port })
  const code = await whyNot(host, port)
  switch (code) {
    case undefined:
      return ok(`${port} on ${host} is free`, { port })
    case 'EADDRINUSE':
      return taken(host, port)
    case 'EACCES':
      return fail(`no permission to listen on port ${port}`, 'Use a port above 1023: --port.', { port })
    default:
      return fail(
        `the server cannot listen on ${host}:${port} (${code})`,
        'Use an address of this machine: --host 127.0.0.1.',
        { port },
      )
  }
}

export const portChecks = (context: DoctorContext): CheckGroup => ({
  title: 'Server',
  checks: [
    { id: 'port', title: 'Port', run: () => portFinding(context) },
    ...accessChecks(context.loaded?.config, context.io.machine),
    ...signInChecks(context),
    ...stateChecks(context),
    ...cacheChecks(context),
  ],
})
