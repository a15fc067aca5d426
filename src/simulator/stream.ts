import { setTimeout as resolveAfter, setImmediate as resolveNextTurn } from 'node:timers/promises'
import type { Pace, StreamFault } from './reply.ts'

/** Sends frames as a body, with the configured pace, cuts and failures. */

/** Usually enough for the client to read written bytes: a reset loses unread ones. */
const settleMs = 50

/** Between two signs of life. */
const signOfLifeMs = 1000

type Step = Uint8Array | 'reset' | 'hang'

export interface StreamOptions {
  readonly frames: readonly Uint8Array[]
  readonly pace: Pace
  readonly fault: StreamFault | undefined
  /** The frame with which a stream reports its own failure. */
  readonly faultFrame: (fault: StreamFault) => Uint8Array
  /** Bytes that mean nothing, sent at once, and each second until the first frame. */
  readonly signOfLife?: Uint8Array | undefined
  /** A frame that a client cannot read. */
  readonly damaged: (frame: Uint8Array) => Uint8Array
  /** The client disconnected before the end. */
  readonly onCancel: () => void
  /** Everything was sent. */
  readonly onEnd: () => void
}

/** The frames before a failure, and the frame in which it happens. */
const divide = (
  frames: readonly Uint8Array[],
  { afterFrames = 0, afterBytes }: StreamFault,
): readonly [Uint8Array[], Uint8Array | undefined] => {
  if (afterBytes === undefined) return [frames.slice(0, afterFrames), frames[afterFrames]]
  const bytes = Buffer.concat(frames)
  return [[new Uint8Array(bytes.subarray(0, afterBytes))], new Uint8Array(bytes.subarray(afterBytes))]
}

/** The frames, with the failure inserted. */
const withFault = ({ frames, fault, faultFrame, damaged }: StreamOptions): Step[] => {
  if (fault === undefined) return [...frames]
  const [sound, rest] = divide(frames, fault)
  const next = rest ?? faultFrame(fault)
  switch (fault.kind) {
    case 'cut':
      return sound
    case 'cut frame':
      return [...sound, next.subarray(0, next.length >> 1)]
    case 'corrupt':
      return [...sound, damaged(next)]
    case 'reset':
    case 'hang':
      return [...sound, fault.kind]
    case 'exception':
    case 'error':
      return [...sound, faultFrame(fault)]
  }
}

const recut = (steps: readonly Step[], chunkBytes: number | undefined): Step[] => {
  if (chunkBytes === undefined) return [...steps]
  const bytes = Buffer.concat(steps.filter((step) => typeof step !== 'string'))
  const chunks: Step[] = []
  for (let start = 0; start < bytes.length; start += chunkBytes)
    chunks.push(new Uint8Array(bytes.subarray(start, start + chunkBytes)))
  return [...chunks, ...steps.filter((step) => typeof step === 'string')]
}

/** The pause between two writes. */
const pauseBetween = async ({ frameMs = 0, chunkBytes }: Pace): Promise<void> => {
  if (frameMs > 0) await resolveAfter(frameMs)
  // Bun joins the chunks of one turn into one write.
  else if (chunkBytes !== undefined) await resolveNextTurn()
}

export const streamBody = (options: StreamOptions): ReadableStream<Uint8Array> => {
  const { pace, onCancel, onEnd, signOfLife } = options
  const { firstMs = 0, chunkBytes } = pace
  const steps = recut(withFault(options), chunkBytes)
  const signs = 1 + Math.floor(firstMs / signOfLifeMs)
  let sent = 0
  let position = 0
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (signOfLife !== undefined && sent < signs) {
        if (sent > 0) await resolveAfter(signOfLifeMs)
        sent += 1
        controller.enqueue(signOfLife)
        return
      }
      if (signOfLife !== undefined && position === 0) await resolveAfter(firstMs % signOfLifeMs)
      const step = steps[position]
      if (step === undefined) {
        onEnd()
        controller.close()
        return
      }
      if (position > 0) await pauseBetween(pace)
      position += 1
      if (step === 'hang') await new Promise(() => {})
      else if (step === 'reset') {
        // Lets earlier bytes be sent first.
        await resolveAfter(settleMs)
        controller.error(new Error('simulated reset'))
      } else controller.enqueue(step)
    },
    cancel: onCancel,
  })
}
