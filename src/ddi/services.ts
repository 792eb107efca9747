/**
 * The interfaces that VideoPortQueryServices fills in (video.h, videoagp.h, dderror.h). A driver passes an object with
 * Size and Version; the port adds the rest. A function's first argument is always the interface's Context.
 */
import type { BOOLEAN, HANDLE, Out, PHYSICAL_ADDRESS, PVOID, UCHAR, ULONG, USHORT, VP_STATUS } from './types.ts';

/** What every interface begins with (INTERFACE). */
export interface INTERFACE {
  /** sizeof of the whole structure, preset by the caller: one of the SIZE_OF_ constants of this file. */
  readonly Size: USHORT;
  /** Preset by the caller. */
  readonly Version: USHORT;
  Context?: PVOID;
  InterfaceReference?: (Context: PVOID) => void;
  InterfaceDereference?: (Context: PVOID) => void;
}

/** Lines of an I²C bus as a driver drives them, with the device's extension first. */
export interface I2C_CALLBACKS<T = never> {
  WriteClockLine(HwDeviceExtension: T, Data: UCHAR): void;
  WriteDataLine(HwDeviceExtension: T, Data: UCHAR): void;
  ReadClockLine(HwDeviceExtension: T): BOOLEAN;
  ReadDataLine(HwDeviceExtension: T): BOOLEAN;
}

/** What VideoPortDDCMonitorHelper drives. */
export interface DDC_CONTROL<T = never> {
  /** sizeof(DDC_CONTROL). */
  readonly Size: ULONG;
  readonly I2CCallbacks: I2C_CALLBACKS<T>;
  /** Which 256 bytes of an enhanced EDID; 0 for others. */
  readonly EdidSegment: UCHAR;
}
/** sizeof(DDC_CONTROL): size, four pointers, a byte, padding. */
export const SIZE_OF_DDC_CONTROL = 0x18;

/** Version 1: bytes over an I²C bus. */
export interface VIDEO_PORT_I2C_INTERFACE extends INTERFACE {
  I2CStart?: (HwDeviceExtension: object, I2CCallbacks: I2C_CALLBACKS) => BOOLEAN;
  I2CStop?: (HwDeviceExtension: object, I2CCallbacks: I2C_CALLBACKS) => BOOLEAN;
  I2CWrite?: (HwDeviceExtension: object, I2CCallbacks: I2C_CALLBACKS, Buffer: PVOID, Length: ULONG) => BOOLEAN;
  I2CRead?: (HwDeviceExtension: object, I2CCallbacks: I2C_CALLBACKS, Buffer: PVOID, Length: ULONG) => BOOLEAN;
}
/** Version 2: each call is given what it needs. Delay in 100 ns units between changes of a line. */
export interface VIDEO_PORT_I2C_INTERFACE_2 extends INTERFACE {
  I2CStart?: (HwDeviceExtension: object, I2CCallbacks: VIDEO_I2C_CONTROL) => BOOLEAN;
  I2CStop?: (HwDeviceExtension: object, I2CCallbacks: VIDEO_I2C_CONTROL) => BOOLEAN;
  I2CWrite?: (HwDeviceExtension: object, I2CCallbacks: VIDEO_I2C_CONTROL, Buffer: PVOID, Length: ULONG) => BOOLEAN;
  I2CRead?: (
    HwDeviceExtension: object,
    I2CCallbacks: VIDEO_I2C_CONTROL,
    Buffer: PVOID,
    Length: ULONG,
    EndOfRead: BOOLEAN,
  ) => BOOLEAN;
}
/** Lines and timing of version 2. */
export interface VIDEO_I2C_CONTROL extends I2C_CALLBACKS {
  readonly I2CDelay: bigint;
}

/** Registers of INT 10h with the segments of buffers. */
export interface INT10_BIOS_ARGUMENTS {
  Eax: ULONG;
  Ebx: ULONG;
  Ecx: ULONG;
  Edx: ULONG;
  Esi: ULONG;
  Edi: ULONG;
  Ebp: ULONG;
  SegDs: USHORT;
  SegEs: USHORT;
}
/** The same without segments: for VideoPortInt10. */
export type VIDEO_X86_BIOS_ARGUMENTS = Omit<INT10_BIOS_ARGUMENTS, 'SegDs' | 'SegEs'>;

/** The video BIOS, and real-mode memory to talk with it. */
export interface VIDEO_PORT_INT10_INTERFACE extends INTERFACE {
  Int10AllocateBuffer?: (Context: PVOID, Seg: Out<USHORT>, Off: Out<USHORT>, Length: Out<ULONG>) => VP_STATUS;
  Int10FreeBuffer?: (Context: PVOID, Seg: USHORT, Off: USHORT) => VP_STATUS;
  Int10ReadMemory?: (Context: PVOID, Seg: USHORT, Off: USHORT, Buffer: PVOID, Length: ULONG) => VP_STATUS;
  Int10WriteMemory?: (Context: PVOID, Seg: USHORT, Off: USHORT, Buffer: PVOID, Length: ULONG) => VP_STATUS;
  Int10CallBios?: (Context: PVOID, BiosArguments: INT10_BIOS_ARGUMENTS) => VP_STATUS;
}

/** A debug report: what VideoPortDbgReportCreate makes. Opaque. */
export type PVIDEO_DEBUG_REPORT = PVOID;
/** Reports of trouble that is not fatal. */
export interface VIDEO_PORT_DEBUG_REPORT_INTERFACE extends INTERFACE {
  DbgReportCreate?: (
    HwDeviceExtension: object,
    ulCode: ULONG,
    ulpArg1: number,
    ulpArg2: number,
    ulpArg3: number,
    ulpArg4: number,
  ) => PVIDEO_DEBUG_REPORT;
  DbgReportSecondaryData?: (pReport: PVIDEO_DEBUG_REPORT, pvData: PVOID, ulDataSize: ULONG) => BOOLEAN;
  DbgReportComplete?: (pReport: PVIDEO_DEBUG_REPORT) => void;
}

/** Write-combined mappings, taken away from their users and given back. */
export interface VIDEO_PORT_WCMEMORYPROTECTION_INTERFACE extends INTERFACE {
  VideoPortProtectWCMemory?: (Context: PVOID, HwDeviceExtension: object) => VP_STATUS;
  VideoPortRestoreWCMemory?: (Context: PVOID, HwDeviceExtension: object) => VP_STATUS;
}

/* How AGP memory is cached. */
export const VpNonCached = 0;
export const VpWriteCombined = 1;
export const VpCached = 2;

/** The functions of AGP memory, as VideoPortGetAgpServices gives them. */
export interface VIDEO_PORT_AGP_SERVICES {
  AgpReservePhysical?: (
    Context: PVOID,
    Pages: ULONG,
    Caching: number,
    PhysicalReserveContext: Out<PVOID>,
  ) => PHYSICAL_ADDRESS;
  AgpReleasePhysical?: (Context: PVOID, PhysicalReserveContext: PVOID) => void;
  AgpCommitPhysical?: (Context: PVOID, PhysicalReserveContext: PVOID, Pages: ULONG, Offset: ULONG) => BOOLEAN;
  AgpFreePhysical?: (Context: PVOID, PhysicalReserveContext: PVOID, Pages: ULONG, Offset: ULONG) => void;
  AgpReserveVirtual?: (
    Context: PVOID,
    ProcessHandle: HANDLE,
    PhysicalReserveContext: PVOID,
    VirtualReserveContext: Out<PVOID>,
  ) => PVOID;
  AgpReleaseVirtual?: (Context: PVOID, VirtualReserveContext: PVOID) => void;
  AgpCommitVirtual?: (Context: PVOID, VirtualReserveContext: PVOID, Pages: ULONG, Offset: ULONG) => PVOID;
  AgpFreeVirtual?: (Context: PVOID, VirtualReserveContext: PVOID, Pages: ULONG, Offset: ULONG) => void;
  /** Most bytes that can be reserved. */
  AllocationLimit?: bigint;
}
/** AGP, version 1. */
export interface VIDEO_PORT_AGP_INTERFACE extends INTERFACE, VIDEO_PORT_AGP_SERVICES {}
/** AGP, version 2. */
export interface VIDEO_PORT_AGP_INTERFACE_2 extends VIDEO_PORT_AGP_INTERFACE {
  AgpSetRate?: (Context: PVOID, AgpRate: ULONG) => BOOLEAN;
}

/* What INTERFACE.Version and INTERFACE.Size are preset to, for each interface above. */
export const VIDEO_PORT_I2C_INTERFACE_VERSION_1 = 1;
export const VIDEO_PORT_I2C_INTERFACE_VERSION_2 = 2;
export const SIZE_OF_VIDEO_PORT_I2C_INTERFACE = 0x20;
export const VIDEO_PORT_INT10_INTERFACE_VERSION_1 = 1;
export const SIZE_OF_VIDEO_PORT_INT10_INTERFACE = 0x24;
export const VIDEO_PORT_DEBUG_REPORT_INTERFACE_VERSION_1 = 1;
export const SIZE_OF_VIDEO_PORT_DEBUG_REPORT_INTERFACE = 0x1c;
export const VIDEO_PORT_WCMEMORYPROTECTION_INTERFACE_VERSION_1 = 1;
export const SIZE_OF_VIDEO_PORT_WCMEMORYPROTECTION_INTERFACE = 0x18;
export const VIDEO_PORT_AGP_INTERFACE_VERSION_1 = 1;
export const SIZE_OF_VIDEO_PORT_AGP_INTERFACE = 0x38;
export const VIDEO_PORT_AGP_INTERFACE_VERSION_2 = 2;
export const SIZE_OF_VIDEO_PORT_AGP_INTERFACE_2 = 0x40;
