import type { Elysia } from 'elysia'
import { errorCode } from '../../base/error-code.ts'
import { nameOf } from '../../base/error-location.ts'
import type { Logger } from '../../base/logger.ts'
import { methodNotAllowed } from '../http/method-not-allowed.ts'

/** `/client-setup/:filename`: files that set a client up, also for a client that has no token yet (AU-C). */

type FileContent = string | Uint8Array<ArrayBuffer>

/** Resolves to undefined for a file that does not exist; rejects for one that cannot be read. */
export type ReadSetupFile = (name: string) => Promise<FileContent | undefined>

export interface ClientSetupOptions {
  readonly readSetupFile: ReadSetupFile
  readonly log: Logger
}

const path = '/client-setup/:filename'
/** `.` and `..` are folders. */
const validName = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/

const types: ReadonlyMap<string, string> = new Map([
  ['json', 'application/json'],
  ['txt', 'text/plain'],
  ['sh', 'text/x-shellscript'],
  ['ps1', 'text/x-powershell'],
])
const unknownType = 'application/octet-stream'

const typeOf = (name: string): string => types.get(/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '') ?? unknownType

const found = (name: string, content: FileContent): Response =>
  new Response(content, {
    headers: {
      'content-type': typeOf(name),
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'public, max-age=3600',
      'x-content-type-options': 'nosniff',
    },
  })

/** In plain text, as clients of the replaced system know it. */
const failed = (status: number, text: string): Response =>
  new Response(text, { status, headers: { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' } })

export const clientSetupRoutes = ({ readSetupFile, log }: ClientSetupOptions) => {
  /** Elysia has null for a name with an invalid escape. */
  const answer = async (name: string | null): Promise<Response> => {
    if (name === null || !validName.test(name)) return failed(400, 'Invalid filename')
    try {
      const content = await readSetupFile(name)
      return content === undefined ? failed(404, 'File not found') : found(name, content)
    } catch (error) {
      log.error('client_setup.unreadable', { file: name, error: errorCode(error) ?? nameOf(error) })
      return failed(500, 'Internal server error')
    }
  }
  return (app: Elysia) =>
    app.get(path, ({ params }) => answer(params.filename)).all(path, methodNotAllowed('GET', 'HEAD'))
}
