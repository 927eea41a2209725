import sharp from 'sharp';

/** What decodes and encodes images, by name and version. */
export function imageLibrary(): string {
  const { sharp: own, vips } = sharp.versions;
  return `sharp ${own}, libvips ${vips}`;
}
