import type { CacheAdvice } from '../../../../usage/cache/advice.ts'
import { productName } from '../../../../version.ts'
import { counted, percent } from '../figures.ts'

/** What `usage --cache` and `doctor` recommend (CA-T7). */

const page = 'docs/prompt-cache.md'

const lossOf = ({ sessions, lossShare, largestClass }: CacheAdvice): string => {
  const most = largestClass === undefined ? '' : `, most by ${largestClass}`
  return `${counted(sessions, 'session')} lost ${percent(lossShare)} of the price of the input to cache misses${most}.`
}

/** What was lost, and the next step. `ttl`: the value of `cache.ttl` now. */
export const adviceText = (advice: CacheAdvice, ttl: string): { readonly detail: string; readonly remedy: string } => {
  const { sessions, lifetime, savedShare } = advice
  const saved = `With cache.ttl ${lifetime}, the cached tokens would have cost ${percent(savedShare)} less.`
  const losses = sessions === 0 ? [] : [lossOf(advice)]
  if (lifetime === undefined)
    return { detail: losses.join(' '), remedy: `No other lifetime would have cost less. ${page} explains each class.` }
  if (lifetime === ttl)
    return {
      detail: [...losses, saved].join(' '),
      remedy: 'It is set: these are requests from before, or of clients that request another lifetime.',
    }
  return {
    detail: [...losses, saved].join(' '),
    remedy: `Set it: ${productName} config set cache.ttl ${lifetime}. Then start the server again.`,
  }
}
