import type { MessageEvents } from '../../translate/converse-to-anthropic/events.ts'
import type { ConverseStreamEvent } from '../../wire/converse/events.ts'
import { TranslatedStream } from '../translated-stream.ts'
import type { ConverseReader } from './frames.ts'

interface ResponseStreamOptions {
  readonly chunks: AsyncIterator<Uint8Array>
  readonly reader: ConverseReader
  readonly events: MessageEvents
  /** Called with each event before its translation. */
  readonly onEvent: (event: ConverseStreamEvent) => void
}

/** Begins the translation of a response's frames. Resolves and rejects as `TranslatedStream.begin` does. */
export const beginResponseStream = (options: ResponseStreamOptions): Promise<TranslatedStream> => {
  const { chunks, reader, events, onEvent } = options
  const accept = (event: ConverseStreamEvent): void => {
    onEvent(event)
    events.accept(event)
  }
  return TranslatedStream.begin({
    chunks,
    events,
    read: (chunk) => reader.read(chunk, accept),
    readEnd: () => reader.end(),
  })
}
