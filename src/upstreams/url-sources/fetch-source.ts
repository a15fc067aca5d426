import { errorCode } from '../../base/error-code.ts'
import { abortedError, GatewayError } from '../../base/errors.ts'
import { unlessAborted } from '../../base/unless-aborted.ts'
import { type DownloadOptions, download } from './download.ts'
import { toDocumentSource, toImageSource } from './downloaded-source.ts'
import { unableToDownload } from './resolve-url.ts'
import { type MediaSource, refuseAt, type UrlBlock } from './url-blocks.ts'

/** Fetches one source, within limits of size and time. */

/** The largest files that an upstream accepts. */
export interface SizeLimits {
  readonly imageBytes: number
  readonly documentBytes: number
  /** Who sets them, for error messages. */
  readonly setBy: string
}

const millisecondsPerSecond = 1000

const directly = 'URLs are fetched directly, without a proxy. If that fails, send the bytes as base64 instead.'

/** Rejects with GatewayError. */
export const fetchSource = async (
  urlBlock: UrlBlock,
  downloadOptions: DownloadOptions,
  limits: SizeLimits & { readonly milliseconds: number },
  signal: AbortSignal,
): Promise<MediaSource> => {
  const refuse = refuseAt(urlBlock)
  const isImage = urlBlock.block.type === 'image'
  const deadline = AbortSignal.timeout(limits.milliseconds)
  const either = AbortSignal.any([signal, deadline])
  try {
    const { imageBytes, documentBytes, setBy } = limits
    const most = { bytes: isImage ? imageBytes : documentBytes, setBy }
    const work = download(urlBlock.url, most, downloadOptions, refuse, either)
    const found = await unlessAborted(work, either)
    return isImage ? toImageSource(found, refuse) : toDocumentSource(found, refuse)
  } catch (error) {
    if (error instanceof GatewayError) throw error
    if (deadline.aborted) {
      throw unableToDownload(
        refuse,
        `It took longer than ${limits.milliseconds / millisecondsPerSecond} s. ${directly}`,
      )
    }
    if (signal.aborted) throw abortedError(signal, error)
    const code = errorCode(error) ?? ''
    throw unableToDownload(refuse, `Cannot reach its host${code === '' ? '' : ` (${code})`}. ${directly}`)
  }
}
