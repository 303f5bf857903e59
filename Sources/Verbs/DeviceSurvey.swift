private import Foundation
package import Quantities

/// What a host has of RDMA devices, and why not more.
package struct DeviceSurvey: Sendable {
  /// Those that could be read.
  package let devices: [Device]
  /// Those that could not.
  package let refusals: [VerbsError]
  /// Why there is none at all; nil where there is one, or one that could not be read.
  package let absence: Absence?

  /// Why there is no device.
  package enum Absence: Sendable, Equatable {
    /// This build knows no RDMA.
    case build
    /// The kernel's part, ib_uverbs, is not there.
    case kernel
    /// The kernel has these devices, but libibverbs no provider for them.
    case provider([String])
    /// Everything is there but a device.
    case device
  }

  package init(devices: [Device], refusals: [VerbsError], absence: Absence?) {
    self.devices = devices
    self.refusals = refusals
    self.absence = absence
  }

  /// Where the kernel lists RDMA devices.
  static let folder = "/sys/class/infiniband"

  /// The contents of one small file of sysfs, without the newline; nil where it can't be read.
  static func sysfs(_ path: String) -> String? {
    (try? String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8))?
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// From sysfs's words, such as `100 Gb/sec (4X EDR)`; nil for others.
  package static func rate(sysfs text: String) -> Bandwidth? {
    let words = text.split(separator: " ")
    guard words.count >= 2, words[1] == "Gb/sec", let gigabits = Double(words[0]), gigabits > 0 else {
      return nil
    }
    return .gigabits(gigabits)
  }
}

#if RDMA
  private import CVerbs

  extension DeviceSurvey {
    /// This host's at this moment.
    package static func now() -> DeviceSurvey {
      var count: Int32 = 0
      guard let list = unsafe ibv_get_device_list(&count) else {
        let code = errno
        guard code != ENOSYS else { return DeviceSurvey(devices: [], refusals: [], absence: .kernel) }
        return DeviceSurvey(
          devices: [], refusals: [VerbsError("ibv_get_device_list", code: code)], absence: nil)
      }
      let names = (0..<Int(count)).map { unsafe String(cString: ibv_get_device_name(list[$0])) }
      unsafe ibv_free_device_list(list)
      var (devices, refusals) = ([Device](), [VerbsError]())
      for name in names {
        do throws(VerbsError) { devices.append(try Device(reading: Context(device: name))) } catch {
          refusals.append(error)
        }
      }
      return DeviceSurvey(devices: devices, refusals: refusals, absence: names.isEmpty ? absence() : nil)
    }

    private static func absence() -> Absence {
      let known = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return known.isEmpty ? .device : .provider(known.sorted())
    }
  }

  extension Device {
    fileprivate init(reading context: borrowing Context) throws(VerbsError) {
      var attributes = context.node.attributes
      let firmware = unsafe withUnsafeBytes(of: &attributes.fw_ver) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      var ports: [Port] = []
      for number in 1...max(1, context.portCount) {
        let port = try context.port(number)
        let words = DeviceSurvey.sysfs("\(context.name)/ports/\(number)/rate")
        // The kernel knows newer speeds than this version of libibverbs.
        let rate = port.rate ?? words.flatMap { DeviceSurvey.rate(sysfs: $0) }
        ports.append(Port(number: number, attributes: port, gids: try context.gids(port: number), rate: rate))
      }
      // -1 stands for none.
      let node = DeviceSurvey.sysfs("\(context.name)/device/numa_node").flatMap { Int($0) }
      self.init(
        name: context.name, firmware: firmware, vendor: attributes.vendor_id,
        vendorPart: attributes.vendor_part_id, numaNode: node.flatMap { $0 < 0 ? nil : $0 }, ports: ports)
    }
  }
#else
  extension DeviceSurvey {
    /// Nothing: this build knows no RDMA.
    package static func now() -> DeviceSurvey { DeviceSurvey(devices: [], refusals: [], absence: .build) }
  }
#endif
