import Foundation

/// Where the buffers of a measurement are.
enum BufferMemory: String, CaseIterable {
  case host, cuda

  /// Refuses what this machine, or this version, can't do, and says why.
  static func check(_ name: String) throws(Failure) {
    let memory: BufferMemory = try Names.one("memory", name)
    guard memory == .cuda else { return }
    // Loaded at run time, so that nobody needs NVIDIA's driver who has no GPU.
    guard let library = unsafe dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL) else {
      throw Failure(
        .unavailable, "--memory cuda: no libcuda.so.1 on this machine, so no NVIDIA driver: use --memory host"
      )
    }
    defer { _ = unsafe dlclose(library) }
    throw Failure(.unavailable, "--memory cuda: \(unsafe refusal(library))")
  }

  /// How far the driver comes.
  @unsafe
  private static func refusal(_ library: UnsafeMutableRawPointer) -> String {
    typealias Initialize = @convention(c) (UInt32) -> Int32
    typealias Count = @convention(c) (UnsafeMutablePointer<Int32>) -> Int32
    guard let initialize = unsafe dlsym(library, "cuInit"),
      let count = unsafe dlsym(library, "cuDeviceGetCount")
    else { return "libcuda.so.1 has no cuInit: it is not NVIDIA's; use --memory host" }
    var devices: Int32 = 0
    let started = unsafe unsafeBitCast(initialize, to: Initialize.self)(0)
    guard started == 0 else { return "the driver finds no GPU (cuInit gave \(started)): use --memory host" }
    let counted = unsafe unsafeBitCast(count, to: Count.self)(&devices)
    guard counted == 0, devices > 0 else { return "the driver finds no GPU: use --memory host" }
    return
      "\(devices) GPUs are here, but this version registers host memory only: use --memory host (docs/decisions has the design)"
  }
}
