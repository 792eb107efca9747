/** All structures of the video DDK, by header file: x86 offsets and sizes, checked member by member in a test. */
export * from './structures-ntddvdeo.ts';
export * from './structures-video.ts';
