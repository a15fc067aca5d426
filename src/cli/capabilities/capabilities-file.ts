import { mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import { errorCode } from '../../base/error-code.ts'
import { replaceFile } from '../../base/files/replace-file.ts'
import { capabilitiesPath, type Machine } from '../../config/paths.ts'
import { sha256Hex } from '../../runtime/hash.ts'
import type { ModelRefusal } from '../../upstreams/upstream.ts'
import { CapabilitiesFile } from '../../wire/capabilities-file.ts'
import { createCheck } from '../../wire/check.ts'

/** What models have refused, kept from `doctor --matrix --learn` to the next starts of the server (MX-D8). */

/** An upstream learns, too: what it refused a month ago may work today. */
const keptDays = 30
const millisecondsPerDay = 86_400_000

const ownerAlone = 0o600
const ownersFolder = 0o700

const isValid = createCheck(CapabilitiesFile)

interface ReadCapabilities {
  readonly refusals: readonly ModelRefusal[]
  /** Why the file cannot be used: a system's code, or `invalid`. Undefined without a file. */
  readonly fault?: string
}

type Endpoints = CapabilitiesFile['endpoints']

/** Throws what the file system throws. Undefined for a file that is not valid. */
const readEndpoints = (path: string): Endpoints | undefined => {
  const text = readFileSync(path, 'utf8')
  const file: unknown = attempt(() => JSON.parse(text))
  return isValid(file) ? file.endpoints : undefined
}

/** `date` is in milliseconds since 1970. */
export const readCapabilities = (machine: Machine, endpointUrl: string, date: number): ReadCapabilities => {
  try {
    const endpoints = readEndpoints(capabilitiesPath(machine))
    if (endpoints === undefined) return { refusals: [], fault: 'invalid' }
    const known = endpoints[sha256Hex(endpointUrl)]
    const isCurrent = known !== undefined && date - Date.parse(known.learnedAt) <= keptDays * millisecondsPerDay
    return { refusals: isCurrent ? known.refusals : [] }
  } catch (error) {
    const code = errorCode(error) ?? 'unknown'
    return { refusals: [], ...(code !== 'ENOENT' && { fault: code }) }
  }
}

/** Replaces what is known about one endpoint. Rejects with what the file system throws. Returns the path. */
export const writeCapabilities = async (
  machine: Machine,
  endpointUrl: string,
  refusals: readonly ModelRefusal[],
  date: number,
): Promise<string> => {
  const path = capabilitiesPath(machine)
  mkdirSync(dirname(path), { recursive: true, mode: ownersFolder })
  const endpoints = {
    ...attempt(() => readEndpoints(path)),
    [sha256Hex(endpointUrl)]: { learnedAt: new Date(date).toISOString(), refusals },
  }
  await replaceFile(path, `${JSON.stringify({ endpoints }, null, 2)}\n`, { modeFor: () => ownerAlone })
  return path
}
