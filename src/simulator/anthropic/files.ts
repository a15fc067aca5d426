import { type Endpoint, formOf, notFound, refuse } from './call.ts'
import { betasOf } from './credentials.ts'
import { newFileId } from './ids.ts'
import { cursorPage, idPage } from './paging.ts'

/** `/v1/files`: uploads in memory. */

interface StoredFile {
  readonly metadata: { readonly id: string; readonly filename: string; readonly mime_type: string }
  readonly content: Blob
}

/** The flag of the time before the general release. Today it only selects the lists of that time. */
const betaShapes = 'files-api-2025-04-14'

const maximumNameLength = 255

/** Bun's form does not keep the type of a part (measured with 1.4.5). */
const partType = /name="file"[^\r]*\r\n(?:[^\r]+\r\n)*?content-type: *([^\r;]+)/i

const typeOfFile = (bytes: Uint8Array): string =>
  partType.exec(Buffer.from(bytes).toString('latin1'))?.[1] ?? 'application/octet-stream'

export const createFiles = (): Readonly<Record<'upload' | 'list' | 'get' | 'download' | 'remove', Endpoint>> => {
  const stored = new Map<string, StoredFile>()
  const withFile =
    (use: (file: StoredFile) => Response): Endpoint =>
    (call) => {
      const file = stored.get(call.id)
      return file === undefined ? notFound(call, `File not found: ${call.id}`) : use(file)
    }

  return {
    async upload(call) {
      const form = await formOf(call)
      const file = form?.get('file')
      if (!(file instanceof File)) return refuse(call, { status: 400, message: 'file: Field required' })
      if (file.name === '' || file.name.length > maximumNameLength) {
        return refuse(call, { status: 400, message: 'file: Invalid filename' })
      }
      const metadata = {
        type: 'file',
        id: newFileId(),
        filename: file.name,
        mime_type: typeOfFile(call.bytes),
        size_bytes: file.size,
        created_at: new Date().toISOString(),
        downloadable: true,
        expires_at: null,
      }
      stored.set(metadata.id, { metadata, content: file })
      return Response.json(metadata)
    },
    list: (call) => {
      const toPage = betasOf(call.headers).includes(betaShapes) ? idPage : cursorPage
      return toPage(
        call,
        [...stored.values()].map(({ metadata }) => metadata),
      )
    },
    get: withFile(({ metadata }) => Response.json(metadata)),
    download: withFile(({ metadata, content }) => {
      const disposition = `attachment; filename="${encodeURIComponent(metadata.filename)}"`
      const headers = { 'content-type': metadata.mime_type, 'content-disposition': disposition }
      return new Response(content, { headers })
    }),
    remove: withFile(({ metadata: { id } }) => {
      stored.delete(id)
      return Response.json({ id, type: 'file_deleted' })
    }),
  }
}
