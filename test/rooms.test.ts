/**
 * The tests of the rooms below the machine, in one page: a page for each of their files would take longer than what is tested there. By its own
 * name each of them runs alone (`node tools/test.js test/memory/pool.test.ts`).
 */
import.meta.glob('./{bus,conformance,ddi,devices,display,memory,scenario,videoport}/*.test.ts', { eager: true });
