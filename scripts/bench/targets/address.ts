/** Where a target listens and whom it asks: its two arguments. */
export const addresses = (): { readonly port: number; readonly upstream: string } => ({
  port: Number(Bun.argv[2]),
  upstream: String(Bun.argv[3]),
})
