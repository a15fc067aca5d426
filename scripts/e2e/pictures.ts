/** A red picture of 32 by 32 pixels, which the client sends unchanged. */
export const redPicture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKElEQVR4nO3NMQEAAAgDILV/51nBzwci0JmkZm7yAAAAAAAAAAAAAAAPizZnwBP4pdTQYAAAAASUVORK5CYII=',
  'base64',
)
